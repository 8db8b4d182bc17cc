import { hex } from '../../inspect/field.js';
import { granuleAt } from '../../inspect/gpt/walk.js';
import { gptConfig } from '../../inspect/gpt/gpccr.js';
import { placeOfRegisters } from '../../inspect/register-groups.js';
import type { SecurityState } from '../../inspect/security.js';
import { regimeOf } from '../../inspect/translate/regime.js';
import { translate, type SpacedAddress, type Translation } from '../../inspect/translate/walk.js';
import type { RegistersModel } from './model.js';

/** Who owns a granule, in words; undefined where the machine has no granule protection. */
function ownerText(model: RegistersModel, pa: bigint): string | undefined {
  const gpccr = model.read('GPCCR_EL3');
  const memory = model.physical.value;
  if (gpccr === undefined || memory === undefined) return undefined;
  const config = gptConfig(gpccr, model.read('GPTBR_EL3') ?? 0n);
  if (!config.ok) return config.error.message;
  const found = granuleAt(config.value, pa, (at, length) => memory.read(at, length, 'Root'));
  if (!found.ok) return found.error.message;
  const { owner, base, size, level, entryAddress } = found.value;
  const last = base + size - 1n;
  return `owned by ${owner}: ${hex(base)} to ${hex(last)}, level ${level} GPT entry at ${hex(entryAddress)}`;
}

function spaced({ address, space }: SpacedAddress): string {
  return `${hex(address)} (${space})`;
}

function translationOf(model: RegistersModel, va: bigint): Translation | undefined {
  const memory = model.physical.value;
  const place = placeOfRegisters(model.read);
  const regime = place && regimeOf(model.read, place);
  if (memory === undefined || regime === undefined) return undefined;
  return translate(regime, va, (pa, length, space) => memory.read(pa, length, space));
}

/** How a virtual address becomes a physical one, and whose that is. */
export function TranslationView({ model, va }: { model: RegistersModel; va: bigint }) {
  void model.version.value;
  const translation = translationOf(model, va);
  if (translation === undefined) return null;
  const { regime, ipa, result, steps } = translation;
  return (
    <div class="translation" role="group" aria-label="Translation">
      <p>
        VA <code>{hex(va)}</code>
        {ipa !== undefined && (
          <>
            {' → IPA '}
            <code>{spaced(ipa)}</code>
          </>
        )}
        {result.ok && (
          <>
            {' → PA '}
            <code>{spaced(result.value)}</code>
          </>
        )}
        <span class="quiet">
          {' '}
          by the {regime.name} regime, {regime.state}
          {!regime.stage1 && ', stage 1 off'}
          {regime.stage2 && ', stage 2 on'}
        </span>
      </p>
      {!result.ok && <p class="fault">{result.error.message}</p>}
      {steps.length > 0 && (
        <details>
          <summary>
            {steps.length} descriptor{steps.length === 1 ? '' : 's'}
          </summary>
          <table>
            <thead>
              <tr>
                <th scope="col">Stage</th>
                <th scope="col">Level</th>
                <th scope="col">At</th>
                <th scope="col">Descriptor</th>
                <th scope="col">Meaning</th>
              </tr>
            </thead>
            <tbody>
              {steps.map((step) => (
                <tr key={`${step.stage}.${step.level}`}>
                  <td>{step.stage}</td>
                  <td>{step.level}</td>
                  <td>
                    <code>{spaced(step.at)}</code>
                  </td>
                  <td>
                    <code>{hex(step.descriptor, 16)}</code>
                  </td>
                  <td>{step.meaning}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      {result.ok && (
        <OwnerView model={model} pa={result.value.address} space={result.value.space} />
      )}
    </div>
  );
}

/** Which world owns a physical address, on a machine that has granule protection. */
export function OwnerView({
  model,
  pa,
  space,
}: {
  model: RegistersModel;
  pa: bigint;
  space: SecurityState;
}) {
  const text = ownerText(model, pa);
  if (text === undefined) return null;
  return (
    <p class="owner">
      PA <code>{spaced({ address: pa, space })}</code>: {text}
    </p>
  );
}
