import type { AskSecret } from '../../model/secret.js';
import type { Paint } from './colour.js';

/** What a command says besides its events. */
export interface Ui {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly paint: Paint;
  /** Asks for a password on the terminal; absent where there is none. */
  readonly askSecret?: AskSecret;
  /** Stops the live display while a question stands; returns what lets it go on. */
  readonly hold: () => () => void;
  /** Takes the live display down and then writes text for a person to standard output. Nothing with --output json. */
  readonly say: (text: string) => Promise<void>;
  /**
   * The outcome of the command: text for a person. With --output json a list is one line for each element as it is,
   * anything else one line {"type":"result","command":…,"result":…}.
   */
  readonly result: (value: unknown, text: string) => Promise<void>;
}
