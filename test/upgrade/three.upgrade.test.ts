import { FORM } from '../e2e/support/form.js';
import { upgradeOfSeveral } from './several.js';

upgradeOfSeveral({ name: 'upgrade-three', form: FORM, workers: 2 });
