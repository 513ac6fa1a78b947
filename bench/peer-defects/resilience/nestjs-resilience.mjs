import { decorator } from './nestjs-resilience/decorator.mjs';
import { policies } from './nestjs-resilience/policies.mjs';

export const nestjsResilience = [...decorator, ...policies];
