// How Node loads modules for .ci/jest-runtime.cjs: TypeScript through esbuild, and @jest/globals from the running test file.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { compile } = createRequire(import.meta.url)('./jest-esbuild.cjs');

export async function resolve(specifier, context, next) {
  if (specifier !== '@jest/globals') return await next(specifier, context);
  return { url: new URL('./jest-globals.mjs', import.meta.url).href, shortCircuit: true };
}

export async function load(url, context, next) {
  if (!/\.ts(\?|$)/.test(url)) return await next(url, context);
  const file = fileURLToPath(url);
  return { format: 'module', source: compile(await readFile(file, 'utf8'), file).code, shortCircuit: true };
}
