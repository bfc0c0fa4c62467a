// What `vendor/socket.io.js` is to the type checker (tsconfig.browser.json lays types/ over the project): the served file is
// node_modules/socket.io-client/dist/socket.io.esm.min.js.
export * from 'socket.io-client';
