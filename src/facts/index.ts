export { askSections, type Section } from './ask.js';
export { gatherFacts } from './gather.js';
