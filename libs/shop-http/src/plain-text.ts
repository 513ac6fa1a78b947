import { applyDecorators, BadRequestException, type PipeTransform } from '@nestjs/common';
import { IsString, Length, Matches } from 'class-validator';

/** No control characters and no halves of surrogate pairs: what every database and every log can hold. */
const PLAIN_TEXT = /^[^\p{Cc}\p{Cs}]*$/u;

/** A text of 1 to `longest` characters, without control characters. */
export const IsPlainText = (longest: number): PropertyDecorator =>
  applyDecorators(
    IsString(),
    Length(1, longest),
    Matches(PLAIN_TEXT, { message: '$property must not contain control characters' }),
  );

/** The same for a part of the path. */
export class PlainTextPipe implements PipeTransform<string, string> {
  constructor(private readonly longest = 64) {}

  transform(value: string): string {
    if (value.length <= this.longest && PLAIN_TEXT.test(value)) return value;
    throw new BadRequestException(`An id has at most ${this.longest} characters, and no control characters.`);
  }
}
