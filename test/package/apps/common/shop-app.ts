import { placeAnOrder } from './shop.js';

void placeAnOrder();
