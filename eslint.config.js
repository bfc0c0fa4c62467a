// Lint keeps the house: imports run doors -> rules -> shapes, nothing floats, nothing is `any` without a reason.
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** A package is imported by its name, which leads to its public door; its inside is its own. */
const INSIDE_OF_PACKAGES = {
  group: ['**/packages/**', 'mongoose-embedded-store/*'],
  message: 'import it by its name.',
};

/** Forbid importing what lies above, or beside behind a wall. */
const noImport = (groups, message) => ({
  'no-restricted-imports': [
    'error',
    { patterns: [INSIDE_OF_PACKAGES, ...groups.map((group) => ({ group: [].concat(group), message }))] },
  ],
});

export default tseslint.config(
  { ignores: ['**/dist/', 'node_modules/', 'data/', 'uploads/', 'screenshots/', 'test-results/', 'types/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Mongoose types schema options and dates as classes of its own; literals and Dates are what it documents.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  { files: ['**/*.ts'], rules: noImport([]) },
  {
    files: ['services/**/*.ts'],
    rules: noImport(
      [
        ['express', 'express-session/*', 'socket.io', 'socket.io/*', 'ws', 'multer', 'supertest'],
        ['**/controllers/**', '**/routes/**', '**/app.js', '**/socket.js'],
      ],
      'services know no transport: announce a fact, or return a value.',
    ),
  },
  {
    files: ['schemas/**/*.ts'],
    rules: noImport(
      [['**/services/**', '**/controllers/**', '**/routes/**', 'express', 'socket.io', 'ws']],
      'schemas are the ground floor.',
    ),
  },
  {
    files: ['packages/embedded-store/src/**/*.ts'],
    rules: noImport(
      [['**/services/**', '**/schemas/**', '**/controllers/**', '**/routes/**', 'mongoose', 'mongodb']],
      'the store is a package of its own: it knows nothing of the site, nor of its clients.',
    ),
  },
  {
    files: ['routes/**/*.ts'],
    rules: noImport([['**/schemas/**']], 'routes hold no logic.'),
  },
  {
    files: ['**/test/**/*.ts', '**/bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { ecmaVersion: 2024, sourceType: 'module' },
  },
  {
    // `tsc -p tsconfig.browser.json` (checkJs) knows every name of the DOM; a list kept here would only be shorter.
    files: ['public/js/**/*.js', 'shared/**/*.js'],
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['scripts/**/*.mjs', '*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setTimeout: 'readonly' } },
  },
);
