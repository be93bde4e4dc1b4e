// This file splits the text of a formula into numbers, words and signs.

export interface Token {
  readonly text: string
  readonly at: number
}

const pattern =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z]\w*)|(\*\*|\S))/y

/** Returns numbers, words and single signs with their places; spaces between them are ignored. */
export const tokensOf = (text: string): Token[] => {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const found = match[1] ?? match[2] ?? match[3] ?? ''
    tokens.push({ text: found, at: match.index + match[0].length - found.length })
  }
  return tokens
}
