/** How much must have happened in a history of so many kills, well below what usually does. */
export function requirementsFor(kills: number): Record<string, number> {
  const early = Math.floor(kills / 12) + Math.floor((kills + 4) / 12) + Math.floor((kills + 3) / 12);
  return {
    killsUnderLoad: Math.floor(kills * 0.6),
    killsDuringRecovery: Math.max(1, Math.floor(early * 0.3)),
    stops: Math.floor((kills + 6) / 12) + 1,
    cuts: Math.ceil(kills * 0.2),
    confirmations: kills * 40,
    refusals: Math.ceil(kills * 0.3),
    repeatedIds: Math.ceil(kills * 0.5),
    deliveries: kills * 50,
    againAfterRestart: kills * 5,
    againAfterNack: kills,
    againAfterDisconnect: Math.ceil(kills * 0.2),
    againAfterLease: Math.ceil(kills * 0.2),
    settledAcks: kills * 30,
    settledBeforeCrash: kills * 10,
    inOrder: kills * 5,
  };
}
