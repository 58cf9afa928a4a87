import { toast } from 'sonner'
import { errorText } from '../../data/errors.ts'
import { useCreateFunction } from '../../data/functions.ts'

/** Makes the file of tests of a function, and opens it; one that is there is only opened. */
export function useNewTestFile(appid: string, onOpen: (name: string) => void): (tested: string) => void {
  const create = useCreateFunction()
  return (tested) => {
    const name = `${tested}.test`
    create.mutate(
      { appid, name },
      { onSuccess: () => onOpen(name), onError: (error) => toast.error(errorText(error)) },
    )
  }
}
