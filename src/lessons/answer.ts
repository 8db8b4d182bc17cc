import type { Question } from './lesson';

/** A number as learners write it: decimal, 0x…, 0b…; undefined for anything else. */
function numberOf(text: string): bigint | undefined {
  const plain = text.replaceAll('_', '').replace(/^#/, '');
  return /^(?:0x[0-9a-f]+|0b[01]+|[0-9]+)$/.test(plain) ? BigInt(plain) : undefined;
}

function normalise(text: string): string {
  return text.trim().toLowerCase().replace(/\s+/g, ' ').replace(/[.!]$/, '');
}

/** Whether an answer is right: numbers by value, words without regard to case and spaces. */
export function isRight(question: Question, answer: string): boolean {
  const given = normalise(answer);
  const value = numberOf(given);
  return question.right.some((each) => {
    const wanted = normalise(each);
    return wanted === given || (value !== undefined && numberOf(wanted) === value);
  });
}
