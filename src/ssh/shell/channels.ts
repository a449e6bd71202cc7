import type { Client, ClientChannel } from 'ssh2';
import type { Dialled } from '../connect/dial.js';

/** Opens exec channels on a host, on as few connections as its sshd allows. */
export interface Channels {
  /** Rejects with what ssh2 says, or with the error of another login. */
  readonly open: (command: string) => Promise<ClientChannel>;
  /** Ends the connections besides the first, which is its owner's. */
  readonly close: () => void;
}

interface Member extends Dialled {
  inUse: number;
  /** Learned when sshd refuses one more (MaxSessions). */
  capacity: number;
}

/** With MaxSessions 1, the root shell, a stream and the means to end a command take one connection each. */
const MAX_CONNECTIONS = 4;
const OPEN_MS = 30_000;
const WAIT_MS = 60_000;

/** `another` logs in once more, for hosts whose sshd allows fewer sessions on a connection than are needed. */
export function createChannels(first: Client, another: () => Promise<Dialled>): Channels {
  const members: Member[] = [{ client: first, release: () => undefined, inUse: 0, capacity: Infinity }];
  let waiting: (() => void)[] = [];
  let growing: Promise<void> | undefined;

  const freed = (member: Member): void => {
    member.inUse -= 1;
    for (const wake of waiting.splice(0)) wake();
  };

  const grow = async (): Promise<void> => {
    growing ??= another()
      .then((dialled) => {
        const member: Member = { ...dialled, inUse: 0, capacity: Infinity };
        dialled.client.on('error', () => undefined);
        dialled.client.once('close', () => void members.splice(members.indexOf(member), 1));
        members.push(member);
      })
      .finally(() => {
        growing = undefined;
      });
    await growing;
  };

  const someFreed = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting = waiting.filter((each) => each !== wake);
        reject(new Error(`no session became free within ${String(WAIT_MS / 1000)} s`));
      }, WAIT_MS);
      waiting.push(wake);
    });

  const open = async (command: string): Promise<ClientChannel> => {
    for (;;) {
      const member = members.find(({ inUse, capacity }) => inUse < capacity);
      if (member === undefined) {
        await (members.length < MAX_CONNECTIONS ? grow() : someFreed());
        continue;
      }
      member.inUse += 1;
      try {
        const channel = await execOn(member.client, command);
        channel.once('close', () => freed(member));
        return channel;
      } catch (error) {
        freed(member);
        // Refused although nothing else is open there: that is no limit on sessions.
        if (!isRefusal(error) || member.inUse === 0) throw error;
        member.capacity = Math.min(member.capacity, member.inUse);
      }
    }
  };

  return {
    open,
    close: () => {
      for (const member of members.slice(1)) member.release();
    },
  };
}

/** SSH_MSG_CHANNEL_OPEN_FAILURE carries a reason (RFC 4254, section 5.1); other failures do not. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'reason' in error;
}

function execOn(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new Error(`no answer within ${String(OPEN_MS / 1000)} s`));
    }, OPEN_MS);
    try {
      client.exec(command, (error, channel) => {
        clearTimeout(timer);
        if (error !== undefined) return reject(error);
        // Errors of a channel always come with its close, which is what callers wait for.
        channel.on('error', () => undefined);
        if (late) return void channel.destroy();
        resolve(channel);
      });
    } catch (cause) {
      clearTimeout(timer);
      reject(cause instanceof Error ? cause : new Error(String(cause)));
    }
  });
}
