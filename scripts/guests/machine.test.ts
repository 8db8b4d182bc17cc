import { describe, expect, it } from 'vitest';
import { addressPlan } from '../../src/machine/address-space';
import { isClean } from '../../src/machine/diagnostics';
import { fromArgs } from '../../src/machine/from-args';
import { fromGuest } from '../../src/machine/from-guest';
import type { Guest } from '../../src/machine/guest';
import { openLink } from '../../src/machine/link/decode';
import { toLink } from '../../src/machine/link/encode';
import { review } from '../../src/machine/link/review';
import { parseOptionList } from '../../src/machine/options';
import { planRun } from '../../src/machine/run';
import { validate } from '../../src/machine/validate';
import { recipes } from './index';
import type { Recipe } from './piece';

/** Size the guest sees; a file of a piece that is not padded is of the flash's own size here. */
function sizeOf(name: string, paddedTo: number | undefined, recipe: Recipe): number {
  const isFlash = recipe.args.some(
    (arg) => arg.includes(`image:${name}`) && arg.includes('pflash'),
  );
  return paddedTo ?? (isFlash ? (recipe.args.includes('sbsa-ref') ? 2 ** 28 : 2 ** 26) : 1);
}

/** The recipe as the catalogue would have it; hashes are of no matter here. */
function asGuest(recipe: Recipe): Guest {
  const { snapshot, ...rest } = recipe;
  void snapshot;
  return {
    ...rest,
    images: recipe.images.map(({ name, use, paddedTo }) => ({
      name,
      use,
      url: name,
      sha256: '0'.repeat(64),
      size: sizeOf(name, paddedTo, recipe),
      wireBytes: 1,
      encoding: 'identity',
      readOnly: false,
    })),
    packages: [],
  };
}

/** Options in a form that does not depend on order: of keys in an option, of options. */
function unordered(args: readonly string[]): string[] {
  const options: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const option = (args[i] ?? '').replace(/^-M$/, '-machine');
    const next = args[i + 1];
    if (next === undefined || next.startsWith('-')) options.push(option);
    else {
      i++;
      const keys = parseOptionList(next, '').entries.map(({ key, value }) => `${key}=${value}`);
      options.push(`${option} ${option === '-append' ? next : keys.sort().join()}`);
    }
  }
  return options.sort();
}

describe.each(recipes.map((recipe) => [recipe.id, recipe] as const))('%s', (_, recipe) => {
  const guest = asGuest(recipe);
  const machine = fromGuest(guest);
  const findGuest = (id: string) => (id === guest.id ? guest : undefined);

  it('is a machine with nothing to complain of', () => {
    const { diagnostics } = fromArgs(guest.args, machine);
    expect([...diagnostics, ...validate(machine)].filter((one) => !isClean([one]))).toEqual([]);
    expect(machine.extra).toBeUndefined();
    expect(addressPlan(machine).totalMiB).toBeLessThanOrEqual(guest.addressSpaceMiB);
  });

  it('runs with the same arguments and consoles as the recipe’s', () => {
    const { args, consoles, refused } = planRun(machine);
    expect(refused).toEqual([]);
    expect(unordered(args)).toEqual(unordered(guest.args));
    expect(consoles.map(({ id, role, title }) => ({ id, role, title }))).toEqual(
      expect.arrayContaining(guest.consoles),
    );
    expect(consoles).toHaveLength(guest.consoles.length);
  });

  it('has a link of at most 300 characters that opens as it was', () => {
    const link = toLink(machine, findGuest);
    expect(link.length).toBeLessThanOrEqual(300);
    expect(openLink(link, { findGuest })).toEqual({ ok: true, machine, notices: [] });
    expect(review(machine, findGuest).blocked).toEqual([]);
  });
});
