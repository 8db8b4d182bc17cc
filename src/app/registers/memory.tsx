import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Failure } from '../../engine/common/failure.js';
import { hex } from '../../inspect/field.js';
import { SECURITY_STATES, type SecurityState } from '../../inspect/security.js';
import { FailureView } from '../failure-view.js';
import { runVersion } from '../session.js';
import type { RegistersModel } from './model.js';
import { OwnerView, TranslationView } from './translation.js';

/** Bytes of memory shown at once, and in a row. */
const SHOWN_BYTES = 256;
const ROW_BYTES = 16;

type AddressSpace = 'virtual' | SecurityState;

interface Place {
  readonly address: bigint;
  readonly space: AddressSpace;
}

interface Shown extends Place {
  readonly bytes?: Uint8Array;
  readonly failure?: Failure;
}

/** Memory of the paused machine, in hex and as characters. */
export function MemoryView({ model }: { model: RegistersModel }) {
  void runVersion.value;
  const text = useSignal('');
  const space = useSignal<AddressSpace>('virtual');
  const place = useSignal<Place | undefined>(undefined);
  const shown = useSignal<Shown | undefined>(undefined);
  const address = model.resolve(text.value);
  const version = model.version.value;
  const wanted = place.value;
  useEffect(() => {
    if (wanted === undefined || !model.isPaused) return;
    let isStale = false;
    void readMemory(model, wanted).then((read) => {
      if (!isStale) shown.value = read;
    });
    return () => (isStale = true);
  }, [model, version, wanted]);
  const go = (to: bigint | undefined): void => {
    if (to === undefined) return;
    text.value = hex(to);
    place.value = { address: to, space: space.value };
  };
  const move = (by: number): void => {
    if (wanted !== undefined) go((wanted.address + BigInt(by)) & 0xffff_ffff_ffff_ffffn);
  };
  const at = (name: string): void => {
    space.value = 'virtual';
    go(model.read(name));
  };
  const ready = model.isPaused && model.busy.value === undefined;
  const secure = model.read('SCR_EL3') !== undefined;
  const rme = model.read('GPCCR_EL3') !== undefined;
  return (
    <section class="memory-view" aria-label="Memory">
      <h3>Memory</h3>
      <form
        class="actions"
        onSubmit={(event) => {
          event.preventDefault();
          go(address);
        }}
      >
        <label>
          Address{' '}
          <input
            type="search"
            value={text.value}
            placeholder="0x40000000"
            list="registers-symbols"
            spellcheck={false}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
        <label>
          Space{' '}
          <select
            value={space.value}
            onChange={(event) => (space.value = event.currentTarget.value as AddressSpace)}
          >
            <option value="virtual">virtual, as the vCPU sees it</option>
            {SECURITY_STATES.filter(
              (state) => state === 'Non-secure' || (state === 'Secure' ? secure : rme),
            ).map((state) => (
              <option key={state} value={state}>
                physical, {state}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" disabled={address === undefined || !ready}>
          Show
        </button>
        <button
          type="button"
          disabled={wanted === undefined || !ready}
          onClick={() => move(-SHOWN_BYTES)}
        >
          Before
        </button>
        <button
          type="button"
          disabled={wanted === undefined || !ready}
          onClick={() => move(SHOWN_BYTES)}
        >
          After
        </button>
        {['pc', 'sp'].map((name) => (
          <button key={name} type="button" disabled={!ready} onClick={() => at(name)}>
            At {name}
          </button>
        ))}
      </form>
      {wanted !== undefined &&
        (wanted.space === 'virtual' ? (
          <TranslationView model={model} va={wanted.address} />
        ) : (
          <OwnerView model={model} pa={wanted.address} space={wanted.space} />
        ))}
      {shown.value?.failure !== undefined && <FailureView failure={shown.value.failure} />}
      {shown.value?.bytes !== undefined && (
        <Dump address={shown.value.address} bytes={shown.value.bytes} />
      )}
    </section>
  );
}

async function readMemory(model: RegistersModel, { address, space }: Place): Promise<Shown> {
  if (space === 'virtual') {
    const { debugger: gdb } = model.run;
    const read = await gdb.readMemory(address, SHOWN_BYTES, model.thread.value);
    return read.ok
      ? { address, space, bytes: read.value }
      : { address, space, failure: read.failure };
  }
  const bytes = model.physical.value?.read(address, SHOWN_BYTES, space);
  return bytes === undefined
    ? { address, space, failure: nothingThere(address, space) }
    : { address, space, bytes };
}

function nothingThere(address: bigint, space: SecurityState): Failure {
  return {
    what: `There is no RAM or ROM at ${space} physical address ${hex(address)}.`,
    remedy:
      'Devices are not read, since reading one may change it. “info mtree -f” of the monitor lists what is where.',
  };
}

function Dump({ address, bytes }: { address: bigint; bytes: Uint8Array }) {
  const rows = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const row = [...bytes.subarray(at, at + ROW_BYTES)];
    const pairs = row.map((byte) => byte.toString(16).padStart(2, '0'));
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
    rows.push(
      `${hex(address + BigInt(at), 16)}  ${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}  ${text.join('')}`,
    );
  }
  return (
    <pre class="memory-dump" tabIndex={0} role="region" aria-label={`Memory at ${hex(address)}`}>
      {rows.join('\n')}
    </pre>
  );
}
