// Lint keeps the house: imports run doors -> rules -> shapes and not between places, no promise floats, nothing is `any`
// without a reason.
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** A package is imported by its name, which leads to its public door; its inside is its own. */
const INSIDE_OF_PACKAGES = ['/packages/|^mongoose-embedded-store/', 'import a package by its name.'];

/** Files of `folder` may not import what a pattern matches; each says why. The last list that fits a file replaces the others. */
const noImport = (folder, patterns) => ({
  files: [`${folder}/**/*.{ts,js}`],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: [INSIDE_OF_PACKAGES, ...patterns].map(([regex, message]) => ({ regex, message })) },
    ],
  },
});

/** Floors: doors (routes/, controllers/, socket.ts) -> rules (services/) -> shapes (schemas/). */
const FLOORS = {
  routes: [['/schemas/', 'routes hold no logic.']],
  controllers: [
    ['/routes/|/(app|socket)\\.js$', 'a door knows neither its address nor the server that it is part of.'],
  ],
  services: [
    [
      '^(express$|express-session/|socket\\.io|ws$|multer$)',
      'services know no transport: announce an event, or return a value.',
    ],
    ['/(controllers|routes)/|/(app|socket)\\.js$', 'services know no doors: announce an event, or return a value.'],
    ['^\\.\\./index\\.js$', 'a service is handed the services it needs.'],
  ],
  schemas: [['/(services|controllers|routes)/|^(express|socket\\.io|ws)$', 'schemas are the ground floor.']],
  'public/js': [['/(services|controllers|schemas|routes)/', 'browsers get public/ and shared/ only.']],
};

/** What all places share: each imports from its own row and those before. Places import nothing from each other. */
const ORDER = [['site', 'database', 'work', 'net', 'ui'], ['people', 'sockets', 'pictures'], ['messages']];
const PLACES = ['rooms', 'lobby', 'direct', 'consult'];

const folders = Object.entries(FLOORS).flatMap(([floor, patterns]) => [
  noImport(floor, patterns),
  ...ORDER.flatMap((row, at) => {
    const later = ORDER.slice(at + 1).flat();
    const order = later.map((name) => [
      `^\\.\\./${name}/`,
      `${name}/ builds on ${row.join('/, ')}/, not the other way round.`,
    ]);
    const places = [`/(${PLACES.join('|')})/`, 'what serves all places knows none of them.'];
    return row.map((folder) => noImport(`${floor}/${folder}`, [...patterns, ...order, places]));
  }),
  ...PLACES.map((place) => {
    const others = PLACES.filter((other) => other !== place);
    const message = 'places import nothing from each other: what two need belongs to messages/, people/ or site/.';
    return noImport(`${floor}/${place}`, [...patterns, [`/(${others.join('|')})/`, message]]);
  }),
]);

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
  noImport('**', []),
  ...folders,
  noImport('shared', [['^(?!\\./)', 'shared/ runs on the server and in browsers: it imports only its own files.']]),
  noImport('packages/embedded-store/src', [
    [
      '/(services|schemas|controllers|routes)/|^(mongoose|mongodb)$',
      'the store is a package of its own: it knows nothing of the site, nor of its clients.',
    ],
  ]),
  {
    files: ['**/*.ts', '**/*.js'],
    ignores: ['**/test/**', '**/bench/**'],
    rules: { 'max-lines-per-function': ['error', { max: 120 }] },
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
    // `tsc -p tsconfig.browser.json` (checkJs; tsconfig.worker.json for the service worker) knows every name of the DOM; a list kept here would only be shorter.
    files: ['public/**/*.js', 'shared/**/*.js'],
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['scripts/**/*.mjs', '*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setTimeout: 'readonly' } },
  },
);
