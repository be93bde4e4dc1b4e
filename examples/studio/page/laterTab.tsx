import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

// A tab that is loaded when it is first shown, and keeps its state while another one is shown.

export interface LaterTabProps {
  readonly shown: boolean
  readonly load: () => Promise<ComponentType>
}

export const LaterTab = ({ shown, load }: LaterTabProps) => {
  const [loaded, setLoaded] = useState<{ readonly Tab: ComponentType } | undefined>(undefined)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    if (!shown || loaded !== undefined) return
    load().then(
      (Tab) => setLoaded({ Tab }),
      () => setFailed(true),
    )
  }, [shown])
  if (loaded === undefined)
    return shown && failed ? (
      <main>
        <p class="problem" role="alert">
          This part of the page could not be loaded. Is its server still there?
        </p>
      </main>
    ) : null
  const { Tab } = loaded
  return (
    <div hidden={!shown}>
      <Tab />
    </div>
  )
}
