import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { hex } from '../../inspect/field.js';
import { placeOfRegisters } from '../../inspect/register-groups.js';
import {
  activeElements,
  lowBits,
  VECTOR_VIEWS,
  vectorElements,
  vectorUse,
  type VectorUse,
  type VectorView,
} from '../../inspect/vectors.js';
import type { RegistersModel, ShownRegister } from './model.js';

/** A register cut to what the vCPU may use of it where it is. */
function cut(register: ShownRegister, bits: number): ShownRegister {
  const value = lowBits(register.value, bits);
  const old = register.before === undefined ? undefined : lowBits(register.before, bits);
  return { ...register, bits, value, before: old === value ? undefined : old };
}

/** V or Z registers as vectors of what the visitor chooses, and the predicates over them. */
export function VectorTables({ model, find }: { model: RegistersModel; find: string }) {
  const view = useSignal<VectorView>('hex');
  const registers = model.vectors.value;
  if (registers.length === 0) return null;
  const use = vectorUse(model.read, placeOfRegisters(model.read)?.el ?? 1);
  const wanted = find.trim().toLowerCase();
  const isWanted = ({ name }: ShownRegister): boolean => name.toLowerCase().includes(wanted);
  const vectors = registers
    .filter(({ name }) => /^[VZ]/.test(name))
    .map((register) => {
      const name = use.sve ? register.name : register.name.replace(/^Z/, 'V');
      return cut({ ...register, name }, use.bits);
    })
    .filter(isWanted);
  const predicates = registers
    .filter(({ name }) => use.sve && /^(P\d+|FFR)$/.test(name))
    .map((register) => cut(register, use.bits / 8))
    .filter(isWanted);
  return (
    <>
      {vectors.length > 0 && (
        <Group title="Vectors" find={wanted} members={vectors}>
          <p class="vector-tools">
            <label>
              As{' '}
              <select
                aria-label="Vectors as"
                value={view.value}
                onChange={(event) => (view.value = event.currentTarget.value as VectorView)}
              >
                {VECTOR_VIEWS.map((each) => (
                  <option key={each} value={each}>
                    {each}
                  </option>
                ))}
              </select>
            </label>{' '}
            <span class="quiet">{lengthInWords(use)}</span>
          </p>
          <table>
            <tbody>
              {vectors.map((register) => (
                <VectorRow key={register.name} register={register} view={view.value} />
              ))}
            </tbody>
          </table>
        </Group>
      )}
      {predicates.length > 0 && (
        <Group title="Predicates" find={wanted} members={predicates}>
          <table>
            <caption class="quiet">Active elements, as the vectors are shown.</caption>
            <tbody>
              {predicates.map((register) => (
                <PredicateRow
                  key={register.name}
                  register={register}
                  vector={use.bits}
                  view={view.value}
                />
              ))}
            </tbody>
          </table>
        </Group>
      )}
    </>
  );
}

function lengthInWords(use: VectorUse): string {
  if (use.trappedBy !== undefined) {
    return `SVE is trapped here by ${use.trappedBy}: the low 128 bits of each vector, element 0 first.`;
  }
  return use.sve
    ? `SVE, ${use.bits} bits by ZCR_ELx at this level; element 0 first.`
    : '128 bits, element 0 first.';
}

interface GroupProps {
  title: string;
  find: string;
  members: readonly ShownRegister[];
  children: ComponentChildren;
}

function Group({ title, find, members, children }: GroupProps) {
  const changed = members.filter(({ before }) => before !== undefined).length;
  return (
    <details class="register-group vectors" open={find !== ''}>
      <summary>
        {title}{' '}
        <span class="quiet">
          {members.length}
          {changed > 0 && `, ${changed} changed`}
        </span>
      </summary>
      {children}
    </details>
  );
}

/** Elements that changed are marked, each with what it was. */
function VectorRow({ register, view }: { register: ShownRegister; view: VectorView }) {
  const { name, bits, value, before } = register;
  const elements = vectorElements(value, bits, view);
  const old = before === undefined ? undefined : vectorElements(before, bits, view);
  return (
    <tr class={before === undefined ? undefined : 'changed'} data-register={name}>
      <th scope="row">{name}</th>
      <td class="value elements">
        {elements.map((element, n) => (
          <span key={n}>
            {old !== undefined && old[n] !== element ? (
              <mark title={`was ${old[n]}`}>
                {element}
                <span class="visually-hidden"> changed, was {old[n]}</span>
              </mark>
            ) : (
              element
            )}{' '}
          </span>
        ))}
      </td>
    </tr>
  );
}

interface PredicateRowProps {
  register: ShownRegister;
  /** Bits of a vector. */
  vector: number;
  view: VectorView;
}

function PredicateRow({ register: { name, value, before }, vector, view }: PredicateRowProps) {
  return (
    <tr class={before === undefined ? undefined : 'changed'} data-register={name}>
      <th scope="row">{name}</th>
      <td class="value elements">
        {activeElements(value, vector, view)}
        {before !== undefined && (
          <span class="was">
            <span class="visually-hidden">changed,</span> was{' '}
            {view === 'hex' ? hex(before) : activeElements(before, vector, view)}
          </span>
        )}
      </td>
    </tr>
  );
}
