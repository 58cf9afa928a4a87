import { CircleX, TriangleAlert } from 'lucide-react'
import { t } from '../../i18n/i18n.ts'
import { type Problem, useEditorBridge } from '../../stores/editor-bridge.ts'

/** Errors and warnings with their places; a click goes there. */
export function ProblemList({ problems, onJump }: { problems: Problem[]; onJump?: () => void }) {
  return (
    <ul className="min-h-0 grow overflow-auto p-1">
      {problems.map((problem) => (
        <li key={`${problem.name}:${problem.line}:${problem.column}:${problem.message}`}>
          <button
            type="button"
            onClick={() => {
              onJump?.()
              useEditorBridge.getState().open(problem)
            }}
            className="flex w-full items-start gap-2 rounded-kbd px-3 py-1 text-left text-small -outline-offset-2 hover:bg-raised"
          >
            {problem.severity === 'error' ? (
              <CircleX size={14} aria-label={t('problems.error')} className="mt-px shrink-0 text-error" />
            ) : (
              <TriangleAlert
                size={14}
                aria-label={t('problems.warning')}
                className="mt-px shrink-0 text-warn"
              />
            )}
            <span className="min-w-0 grow whitespace-pre-wrap">
              {problem.message}
              {problem.code && <span className="text-subtle"> {problem.code}</span>}
            </span>
            <span className="shrink-0 font-mono text-subtle">
              {problem.name}.ts:{problem.line}:{problem.column}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
