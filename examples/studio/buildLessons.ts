import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Marked, type MarkedExtension, type Tokens } from 'marked'
import temml from 'temml'
import { courseFolder, courseIn, titleOf } from '../lessons/index.ts'
import type { ExerciseText, LessonText } from './engine/index.ts'

// The lessons as the page shows them: Markdown becomes HTML and formulas MathML when the page is
// built, so that it needs no parser of either.

/** A formula of Markdown, as a token. */
interface Formula extends Tokens.Generic {
  readonly tex: string
  readonly display: boolean
}

/** An extension for formulas between dollars: displayed ones between two. */
const formulas = (level: 'block' | 'inline', pattern: RegExp): MarkedExtension => ({
  extensions: [
    {
      name: `${level} formula`,
      level,
      start: (text) => {
        const at = text.search(level === 'block' ? /^\$\$/m : /\$/)
        return at < 0 ? undefined : at
      },
      tokenizer: (text): Formula | undefined => {
        const [raw, two, one] = pattern.exec(text) ?? []
        if (raw === undefined) return undefined
        const display = two !== undefined
        return { type: `${level} formula`, raw, tex: two ?? one ?? '', display }
      },
      renderer: (token) => {
        const { tex, display } = token as Formula
        return temml.renderToString(tex, { displayMode: display, throwOnError: true })
      },
    },
  ],
})

/** Links between lessons stay in the page; other files of the repository are not in it. */
const links: MarkedExtension = {
  renderer: {
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens)
      const [, lesson] = /^(\d\d)-[\w-]+\.md/.exec(href) ?? []
      if (lesson !== undefined) return `<a href="#" data-lesson="${Number(lesson) - 1}">${text}</a>`
      if (/^https?:/.test(href))
        return `<a href="${href}" target="_blank" rel="noopener noreferrer">${text}</a>`
      return `<em>${text}</em>`
    },
  },
}

const markdown = new Marked(
  formulas('block', /^\$\$([\s\S]+?)\$\$[ \t]*(?:\n|$)/),
  formulas('inline', /^(?:\$\$([\s\S]+?)\$\$|\$((?:[^$\\]|\\[\s\S])+?)\$)/),
  links,
)

/** Returns a lesson as texts and cells. */
export const lessonText = (lesson: string): LessonText => {
  const [first = '', ...rest] = lesson.split('\n')
  const parts: LessonText['parts'][number][] = []
  let tokens: ReturnType<typeof markdown.lexer> | undefined
  const close = (): void => {
    const html = tokens === undefined ? '' : markdown.parser(tokens).trim()
    if (html !== '') parts.push({ html })
    tokens = undefined
  }
  for (const token of markdown.lexer(rest.join('\n'))) {
    if (token.type === 'code' && token.lang === 'ts') {
      close()
      parts.push({ code: token.text as string })
    } else {
      tokens ??= Object.assign([], { links: {} })
      tokens.push(token)
    }
  }
  close()
  return { title: first.replace(/^# /, ''), parts }
}

/** The lessons and the exercises of the course. */
export const courseTexts = (): {
  readonly lessons: readonly LessonText[]
  readonly exercises: readonly ExerciseText[]
} => {
  const { lessons, exercises } = courseIn(courseFolder())
  return {
    lessons: lessons.map((path) => lessonText(readFileSync(path, 'utf8'))),
    exercises: exercises.map((path) => ({
      name: basename(path),
      title: titleOf(path),
      text: readFileSync(path, 'utf8'),
    })),
  }
}
