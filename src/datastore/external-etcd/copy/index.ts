import { sh, shellScript } from '../../../shell/script.js';
import { contentsSchema, SCRATCH, type CarePlace, type DatastoreCopy } from '../../care.js';
import { CA, CERTIFICATE, KEY } from '../places.js';
import { endpointsOf, endpointText } from '../server.js';

const COPY = shellScript('./copy.sh', import.meta.url);
/** No data lie on the host; this is kinit's own. */
const FOLDER = '/var/lib/kinit';
/** For all of the data on their way to the host. */
const SECONDS = 1500;

/** By etcd's own tools on a control-plane host, with the certificate that its API server shows. */
export function copyOf({ spec: { datastoreServer = {} }, scratch: name = SCRATCH }: CarePlace): DatastoreCopy {
  const endpoints = endpointsOf(datastoreServer).map(endpointText).join(',');
  const scratch = `${FOLDER}/${name}`;
  return {
    scratch,
    backup: () => ({
      script: sh(COPY, { args: [endpoints, CA, CERTIFICATE, KEY, scratch, String(SECONDS)] }),
      read: (stdout) => contentsSchema.parse(JSON.parse(stdout)),
    }),
  };
}
