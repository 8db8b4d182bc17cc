import { run } from './bootstrap.mjs';

run('probe');
