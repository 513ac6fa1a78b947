import 'nestjs-loose-coupling';
import { placeAnOrder } from './shop.js';

await placeAnOrder();
