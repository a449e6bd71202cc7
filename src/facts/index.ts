export { askSections, type Section } from './ask.js';
export { gatherFacts, type OwnQuestions } from './gather.js';
export { hasAddress, nodeAddress } from './node-address.js';
export { readFiles } from './read-files.js';
export { leftWaiting } from './subjects/network/sockets.js';
