import { capacityAndTimeout } from './opossum/capacity-and-timeout.mjs';
import { circuit } from './opossum/circuit.mjs';
import { cost } from './opossum/cost.mjs';

export const opossum = [...capacityAndTimeout, ...circuit, ...cost];
