#!/usr/bin/env node
// `npx bootlink` from the checkout: the page's own TypeScript, run by tsx.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
