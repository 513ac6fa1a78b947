import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsNumber, Max, Min } from 'class-validator';
import { IsPlainText } from '@shop/http';

export class ListProductDto {
  @ApiProperty({ example: 'Chai' })
  @IsPlainText(200)
  name!: string;

  @ApiProperty({ example: 18, minimum: 0 })
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  unitPrice!: number;

  @ApiProperty({ example: 39, minimum: 0, description: 'Pieces on hand, reserved ones included.' })
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  stock!: number;
}
