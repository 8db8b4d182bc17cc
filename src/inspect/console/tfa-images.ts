/** Image ids that TF-A prints (include/export/common/tbbr/tbbr_img_def_exp.h). */
const IMAGES: Readonly<Record<string, string>> = {
  '1': 'BL2',
  '2': 'SCP BL2',
  '3': 'BL31',
  '4': 'BL32',
  '5': 'BL33',
  '21': 'BL32 extra 1',
  '22': 'BL32 extra 2',
  '35': 'RMM',
};

/** "5 (BL33)", or the number alone where the id has no name here. */
export function imageName(id: string): string {
  const name = IMAGES[id];
  return name === undefined ? id : `${id} (${name})`;
}
