import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** An error as RFC 9457 describes it, served as `application/problem+json`. */
export class ProblemDetails {
  @ApiProperty({ example: 'about:blank', description: 'A URI that identifies the kind of problem.' })
  type!: string;

  @ApiProperty({ example: 'Bad Request' })
  title!: string;

  @ApiProperty({ example: 400 })
  status!: number;

  @ApiPropertyOptional({ example: 'The request body is not valid.' })
  detail?: string;

  @ApiPropertyOptional({ description: 'Path of the request.', example: '/orders' })
  instance?: string;

  @ApiPropertyOptional({
    description: 'One entry for each fault of the request.',
    type: 'array',
    items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } } },
    example: [{ pointer: '/lines/0/quantity', detail: 'quantity must be a positive number' }],
  })
  errors?: readonly InvalidField[];
}

/** Where a request is wrong (a JSON pointer) and why. */
export interface InvalidField {
  readonly pointer: string;
  readonly detail: string;
}
