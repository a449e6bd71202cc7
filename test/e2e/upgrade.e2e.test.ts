import { upgradeOfSeveral } from '../upgrade/several.js';

/** In the form that is soonest through, and whose earlier version is one program to build; `npm run test:upgrade` has the other one. */
upgradeOfSeveral({ name: 'upgrade', form: 'embedded', workers: 1 });
