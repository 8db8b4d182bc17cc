/** tar and ar archives made for tests. */
import { type Bytes, concatBytes, encodeText } from '../bytes';

export interface TarPlan {
  path: string;
  /** tar's type letter: 0 file, 1 hard link, 2 symlink, 3 character device, 5 directory. */
  type?: string;
  data?: Bytes;
  target?: string;
  mode?: number;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

function tarHeader(plan: TarPlan): Bytes {
  const header = new Uint8Array(512);
  const put = (text: string, at: number): void => {
    header.set(encodeText(text), at);
  };
  put(plan.path.slice(0, 100), 0);
  put(octal(plan.mode ?? 0o755, 8), 100);
  put(octal(plan.data?.length ?? 0, 12), 124);
  put('        ', 148);
  put(plan.type ?? '0', 156);
  put((plan.target ?? '').slice(0, 100), 157);
  put('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** A tar; paths and targets over 100 bytes go into GNU long-name entries. */
export function makeTar(plans: readonly TarPlan[]): Bytes {
  const parts: Bytes[] = [];
  const push = (plan: TarPlan): void => {
    const data = plan.data ?? new Uint8Array(0);
    parts.push(tarHeader(plan), data, new Uint8Array((512 - (data.length % 512)) % 512));
  };
  for (const plan of plans) {
    if (plan.path.length > 100)
      push({ path: '././@LongLink', type: 'L', data: encodeText(`${plan.path}\0`) });
    if ((plan.target ?? '').length > 100) {
      push({ path: '././@LongLink', type: 'K', data: encodeText(`${plan.target ?? ''}\0`) });
    }
    push(plan);
  }
  return concatBytes([...parts, new Uint8Array(1024)]);
}

export function makeAr(members: readonly (readonly [string, Bytes])[]): Bytes {
  const parts: Bytes[] = [encodeText('!<arch>\n')];
  for (const [name, data] of members) {
    const fields = [
      name.padEnd(16),
      '0'.padEnd(12),
      '0'.padEnd(6),
      '0'.padEnd(6),
      '100644'.padEnd(8),
    ];
    parts.push(encodeText(`${fields.join('')}${String(data.length).padEnd(10)}\`\n`), data);
    if (data.length % 2 === 1) parts.push(encodeText('\n'));
  }
  return concatBytes(parts);
}

export function makeDeb(
  files: readonly TarPlan[],
  pack: (tar: Bytes) => Bytes = (tar) => tar,
): Bytes {
  const control = makeTar([
    { path: './control', data: encodeText('Package: sample\nArchitecture: arm64\n') },
  ]);
  return makeAr([
    ['debian-binary', encodeText('2.0\n')],
    ['control.tar', control],
    ['data.tar', pack(makeTar(files))],
  ]);
}
