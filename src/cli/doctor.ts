import { type Command, Refusal, table } from './command.js';

export const doctorCommands: readonly Command[] = [
  {
    name: 'doctor',
    usage: '',
    help: 'Look at everything that a visit needs, and say what is wrong and what to do.',
    reads: true,
    async run({ runtime }) {
      const findings = await runtime.services.doctor();
      const lines = table(findings.map(({ level, about, says }) => [level, about, says]));
      const wrong = findings.filter(({ level }) => level === 'wrong').length;
      if (wrong > 0) throw new Refusal([`${wrong} to mend:`, ...lines].join('\n'), { findings });
      return { json: { findings }, lines };
    },
  },
];
