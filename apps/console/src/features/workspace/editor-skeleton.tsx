import { Skeleton } from '../../components/ui/skeleton.tsx'

const widths = ['34%', '0%', '52%', '61%', '44%', '8%']

/** Where the source will stand, while Monaco or the function is on its way. */
export function EditorSkeleton() {
  return (
    <div className="flex flex-col gap-[7px] py-12 pr-6 pl-16">
      {widths.map((width) => (
        <div key={width} style={{ width }}>
          <Skeleton className="h-[13px]" />
        </div>
      ))}
    </div>
  )
}
