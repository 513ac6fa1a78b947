import { Body, Controller, Get, Header, Param, Put } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { PlainTextPipe, ProblemDetails } from '@shop/http';
import { GetProduct } from '../get-product.handler.js';
import { ListProduct } from '../list-product.handler.js';
import { ListProductDto } from './list-product.dto.js';
import { ProductView } from './product.view.js';

@ApiTags('products')
@Controller('products')
export class ProductsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Put(':sku')
  @ApiOperation({ summary: 'Make a product known, or change its name, price or stock' })
  @ApiOkResponse({ type: ProductView })
  @ApiBadRequestResponse({ type: ProblemDetails })
  @ApiConflictResponse({ type: ProblemDetails, description: 'More pieces are reserved than would be on hand.' })
  async put(
    @Param('sku', new PlainTextPipe()) sku: string,
    @Body() { name, unitPrice, stock }: ListProductDto,
  ): Promise<ProductView> {
    await this.commands.execute(new ListProduct(sku, name, unitPrice, stock));
    return this.get(sku);
  }

  @Get(':sku')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'A product and its stock' })
  @ApiOkResponse({ type: ProductView })
  @ApiNotFoundResponse({ type: ProblemDetails })
  async get(@Param('sku', new PlainTextPipe()) sku: string): Promise<ProductView> {
    return ProductView.of(await this.queries.execute(new GetProduct(sku)));
  }
}
