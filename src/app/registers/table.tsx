import { bitsText, hex, type Decoded } from '../../inspect/field.js';
import { groupOf, REGISTER_GROUPS, type RegisterGroup } from '../../inspect/register-groups.js';
import { decodeRegister } from '../../inspect/registers.js';
import { bit } from '../../inspect/field.js';
import type { RegistersModel, ShownRegister } from './model.js';

/** Open at first; the others are long, and seldom what is looked for. */
const OPEN: ReadonlySet<RegisterGroup> = new Set(['General', 'Exceptions']);

/** All registers by group, those that changed marked; `find` narrows them by name. */
export function RegisterTables({ model, find }: { model: RegistersModel; find: string }) {
  const wanted = find.trim().toLowerCase();
  const registers = model.registers.value;
  const e2h = bit(model.read('HCR_EL2') ?? 0n, 34);
  return (
    <>
      {REGISTER_GROUPS.map((group) => {
        const members = registers
          .filter(({ name }) => name !== 'PSTATE' && groupOf(name) === group)
          .filter(({ name }) => name.toLowerCase().includes(wanted));
        if (members.length === 0) return null;
        if (group !== 'General') members.sort((a, b) => (a.name < b.name ? -1 : 1));
        const changed = members.filter(({ before }) => before !== undefined).length;
        return (
          <details
            key={group}
            open={wanted !== '' || OPEN.has(group)}
            class={`register-group${group === 'General' ? ' general' : ''}`}
          >
            <summary>
              {group}{' '}
              <span class="quiet">
                {members.length}
                {changed > 0 && `, ${changed} changed`}
              </span>
            </summary>
            <table>
              <tbody>
                {members.map((register) => (
                  <Row key={register.name} register={register} e2h={e2h} />
                ))}
              </tbody>
            </table>
          </details>
        );
      })}
    </>
  );
}

function Row({ register, e2h }: { register: ShownRegister; e2h: boolean }) {
  const { name, bits, value, before } = register;
  const decoded = decodeRegister(name, value, { e2h });
  return (
    <tr class={before === undefined ? undefined : 'changed'} data-register={name}>
      <th scope="row">{name}</th>
      <td class="value">
        {hex(value, bits / 4)}
        {before !== undefined && (
          <span class="was">
            <span class="visually-hidden">changed,</span> was {hex(before)}
          </span>
        )}
      </td>
      <td>{decoded !== undefined && <Fields decoded={decoded} />}</td>
    </tr>
  );
}

/** A register in words: a line, and all fields when it is opened. */
export function Fields({ decoded }: { decoded: Decoded }) {
  return (
    <details class="fields">
      <summary>{decoded.summary === '' ? 'Fields' : decoded.summary}</summary>
      <table>
        <caption class="quiet">{decoded.source}</caption>
        <tbody>
          {decoded.fields.map((field) => (
            <tr key={`${field.name}${field.bits[0]}`}>
              <td>{bitsText(field.bits)}</td>
              <th scope="row">{field.name}</th>
              <td>{hex(field.value)}</td>
              <td>{field.meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
