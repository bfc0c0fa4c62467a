/** The wall in full length: every class of bad value in every field, in JSON and in forms. */
process.env['WALL'] = 'whole';
await import('../site/wall.test.js');

export {};
