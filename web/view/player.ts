// Knows: live play: how far virtual time goes on while real time does.
// Must not know: what is shown, how a moment is reached.

/** Virtual time for real time. */
export const SPEEDS = [0.001, 0.01, 0.1, 1, 10, 50] as const;
/** After a pause of the browser it goes on where it was; and what takes longer than this is played slower. */
const LONGEST_MS = 250;

export interface Played {
  now(): number;
  end: number;
  /** Resolves when that moment is seen. */
  show(timeNs: number): Promise<void>;
  onStop(): void;
}

export class Player {
  speed: number = 0.1;
  #turn = 0;

  get isPlaying(): boolean {
    return this.#turn % 2 === 1;
  }

  stop(): void {
    if (this.isPlaying) this.#turn++;
  }

  /** Plays until the end or stop(). */
  async play(played: Played): Promise<void> {
    const turn = ++this.#turn;
    let before = await frame();
    while (this.#turn === turn && played.now() < played.end) {
      const now = await frame();
      const passed = Math.min(now - before, LONGEST_MS) * 1e6 * this.speed;
      before = now;
      if (this.#turn === turn) await played.show(Math.min(Math.round(played.now() + passed), played.end));
    }
    if (this.#turn === turn) this.#turn++;
    played.onStop();
  }
}

function frame(): Promise<number> {
  return new Promise((resolve) => {
    requestAnimationFrame(resolve);
  });
}
