import { Module } from '@nestjs/common';
import { WorkflowModule } from 'nestjs-loose-coupling/workflow';
import { Carrier } from './carrier.js';
import { ShipmentsController } from './http/shipments.controller.js';
import { shipOrder } from './shipment.workflow.js';
import { Shipments } from './shipments.js';

/** Shipments: a workflow for each confirmed order, kept in order's own store. */
@Module({
  imports: [WorkflowModule.forRoot({ workflows: [shipOrder(new Carrier())] })],
  controllers: [ShipmentsController],
  providers: [Shipments],
})
export class ShippingModule {}
