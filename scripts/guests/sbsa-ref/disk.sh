# A GPT disk with an EFI system partition. Same input, same bytes: identifiers and dates fixed.
shell=/packages/efi-shell-aa64/usr/share/efi-shell-aa64/shellaa64.efi
truncate -s 63M esp
mkfs.vfat --invariant -F 16 -s 4 -n BOOTLINK -i b007114b esp > /dev/null
mkdir files
install -m 644 "$shell" files/BOOTAA64.EFI
cp /needs/linux-small/Image files/Image.efi
cp /needs/initrd/initrd.gz files/initrd.img
cp /ours/sbsa-ref/linux.nsh files
touch -d "@$SOURCE_DATE_EPOCH" files/*
mmd -i esp ::/EFI ::/EFI/BOOT
mcopy -m -i esp files/BOOTAA64.EFI ::/EFI/BOOT/
mcopy -m -i esp files/Image.efi files/initrd.img files/linux.nsh ::/
truncate -s 65M /result/disk.img
sgdisk --clear --disk-guid=b0071140-0000-4000-8000-000000000001 \
  --new=1:2048:+63M --typecode=1:ef00 --change-name=1:'EFI system' \
  --partition-guid=1:b0071140-0000-4000-8000-000000000002 /result/disk.img > /dev/null
dd if=esp of=/result/disk.img bs=1M seek=1 conv=notrunc,sparse status=none
