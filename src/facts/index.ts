export { gatherFacts } from './gather.js';
