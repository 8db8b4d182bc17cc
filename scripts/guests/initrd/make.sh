# Sourced by the pieces that make an initrd: the file tree in ./root becomes /result/initrd.gz.
# The bytes depend on the tree alone: fixed dates, owners, order and inode numbers.

busybox_tree() {
  mkdir -p root/{bin,sbin,etc/rc.d,dev,proc,sys,tmp,root,usr/bin,usr/sbin}
  install -m 755 "$(find /packages/busybox-static -path '*bin/busybox')" root/bin/busybox
  # The names BusyBox answers to stand in the binary, one after the other, as NUL-ended strings.
  local applet
  for applet in [ ash awk basename cat chmod chown clear cp cttyhack cut date dd devmem df dirname \
    dmesg du echo env false fdisk find free grep gunzip gzip halt head hexdump hostname httpd id \
    ifconfig init ip kill less ln ls lsmod lspci mkdir mknod modprobe more mount mv nc nproc ping \
    poweroff printf ps pwd readlink reboot rm rmdir route sed seq setsid sh sleep sort stty sync \
    sysctl tail tar tee test time top touch tr true tty udhcpc umount uname uniq uptime vi wc wget \
    which xargs xxd zcat; do
    grep -qxzaF -- "$applet" root/bin/busybox && ln -s busybox "root/bin/$applet"
  done
  [ -e root/bin/sh ] && [ -e root/bin/init ] && [ -e root/bin/cttyhack ] ||
    { echo "this BusyBox has no sh, init or cttyhack" >&2; exit 1; }
  ln -s bin/busybox root/init
  ln -s ../bin/busybox root/sbin/init
  install -m 644 /ours/initrd/inittab root/etc/inittab
  install -m 755 /ours/initrd/rcS root/etc/rcS
  install -m 644 /ours/initrd/profile root/etc/profile
}

pack_tree() {
  find root -print0 | xargs -0 touch -h -d "@$SOURCE_DATE_EPOCH"
  (cd root && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
    cpio -0 -o -H newc -R 0:0 --reproducible --quiet) | gzip -9n > /result/initrd.gz
}
