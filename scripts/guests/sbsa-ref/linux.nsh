# Started as `linux` at the UEFI shell: the kernel on this disk, an EFI program itself.
Image.efi console=ttyAMA0 initrd=\initrd.img
