/**
 * What a promise comes to; where that takes longer, what `otherwise` returns or throws. The work behind the promise goes on,
 * and nobody hears of it any more.
 */
export async function settleWithin<T>(
  milliseconds: number,
  promise: PromiseLike<T>,
  otherwise: () => T | PromiseLike<T>,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const isLate = new Promise<true>((resolve) => {
    timer = setTimeout(() => resolve(true), milliseconds)
  })
  try {
    const settled = await Promise.race([isLate, promise.then((value) => ({ value }))])
    return settled === true ? await otherwise() : settled.value
  } finally {
    clearTimeout(timer)
  }
}
