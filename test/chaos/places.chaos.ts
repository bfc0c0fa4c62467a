/** One conversation in five places, everything in each of them. */
process.env['PLACES'] = 'all';
await import('../messages/places.browser.test.js');

export {};
