/** The printed clients with the one in Go, which takes long to compile. */
process.env['TEST_GO'] = '1';
await import('../api/clients.test.js');

export {};
