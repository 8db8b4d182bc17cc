import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import ts from 'typescript-eslint';

/**
 * The folder rules of the design: pure folders import nothing from the browser
 * and nothing imports `app`; `engine/ui` and `engine/worker` meet in `engine/common`.
 */
const pureFolders = ['machine', 'initrd', 'inspect', 'lessons'];

/** Import patterns (gitignore syntax) a folder may not use, with the reason shown. */
function mayNotImport(folders, message) {
  return [
    'error',
    {
      patterns: folders.map((folder) => ({
        regex: `^(\\.\\./)+(src/)?${folder}(/|$)`,
        message,
      })),
    },
  ];
}

export default ts.config(
  {
    ignores: [
      'dist',
      'node_modules',
      'public/engine',
      'public/guests',
      'wasm/qemu',
      'test-results',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['scripts/**', '*.config.{js,ts}', 'e2e/**'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['src/{engine,storage}/**/*.ts'],
    rules: {
      'no-restricted-imports': mayNotImport(['app'], 'Nothing imports src/app.'),
    },
  },
  {
    files: ['src/engine/ui/**/*.ts'],
    rules: {
      'no-restricted-imports': mayNotImport(
        ['app', 'worker'],
        'engine/ui and engine/worker meet only in engine/common; nothing imports app.',
      ),
    },
  },
  {
    files: ['src/engine/worker/**/*.ts'],
    rules: {
      'no-restricted-imports': mayNotImport(
        ['app', 'ui'],
        'engine/ui and engine/worker meet only in engine/common; nothing imports app.',
      ),
    },
  },
  {
    files: ['src/storage/format/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': mayNotImport(
        ['app', 'engine', 'worker', 'ui', 'common'],
        'The formats are pure: bytes in, data out.',
      ),
      'no-restricted-globals': ['error', 'window', 'document', 'navigator', 'indexedDB', 'self'],
    },
  },
  {
    files: pureFolders.map((folder) => `src/${folder}/**/*.ts`),
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': mayNotImport(
        ['app', 'engine', 'storage'],
        'A pure folder imports nothing of the page, the engine or storage.',
      ),
      'no-restricted-globals': [
        'error',
        ...[
          'window',
          'document',
          'navigator',
          'localStorage',
          'indexedDB',
          'self',
          'Worker',
          'process',
        ].map((name) => ({ name, message: 'A pure folder uses nothing of the browser or Node.' })),
      ],
    },
  },
  prettier,
);
