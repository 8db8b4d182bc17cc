. /ours/initrd/make.sh
busybox_tree
# xtest and tee-supplicant, the libraries they need, and the trusted applications of the tests.
arch=usr/lib/aarch64-linux-gnu
mkdir -p root/{lib,usr/lib,usr/lib/optee_armtz,usr/lib/tee-supplicant/plugins,var/lib}
install -m 755 /packages/optee-test-qemu/usr/bin/xtest root/usr/bin/
install -m 755 /packages/tee-supplicant/usr/sbin/tee-supplicant root/usr/sbin/
cp /packages/optee-test-qemu/usr/lib/optee_armtz/*.ta root/usr/lib/optee_armtz/
cp /packages/optee-test-qemu/usr/lib/tee-supplicant/plugins/* root/usr/lib/tee-supplicant/plugins/
ln -s /usr/lib/optee_armtz root/lib/optee_armtz
copy_needed() {
  local library file
  for library in $("${CROSS_COMPILE}readelf" -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
    [ ! -e "root/lib/$library" ] || continue
    file=$(find /packages -path "*/lib/*" -name "$library" | head -n 1)
    [ -n "$file" ] || { echo "no package holds $library, which $1 needs" >&2; exit 1; }
    install -m 755 "$(readlink -f "$file")" "root/lib/$library"
    copy_needed "root/lib/$library"
  done
}
copy_needed root/usr/bin/xtest
copy_needed root/usr/sbin/tee-supplicant
install -m 755 /ours/optee/supplicant.sh root/etc/rc.d/supplicant
pack_tree
