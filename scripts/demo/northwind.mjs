import { readFileSync } from 'node:fs';

const read = (name) => readFileSync(new URL(`../../data/${name}`, import.meta.url), 'utf8');

/** Northwind's 77 products. */
export const products = () => JSON.parse(read('northwind-products.json'));

/** Northwind's 830 orders, by date. */
export const orders = () =>
  read('northwind-orders.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
