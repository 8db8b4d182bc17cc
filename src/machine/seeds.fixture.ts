/** Command lines that people of the QEMU, SBSA and CCA communities really use. */
export const seeds: Record<string, string> = {
  'sbsa-ref with flash and a CD': `qemu-system-aarch64 -machine sbsa-ref \\
  -drive file=firmware/SBSA_FLASH0.fd,format=raw,if=pflash \\
  -drive file=firmware/SBSA_FLASH1.fd,format=raw,if=pflash \\
  -serial stdio -device usb-kbd -device usb-tablet \\
  -cdrom disks/alpine-standard-3.19.1-aarch64.iso`,
  'a second disk': '-hdb disk.img',
  'a virtual FAT drive': '-drive if=ide,file=fat:ro:DIRECTORY_ON_HOST,format=raw',
  'a mouse': '-device usb-mouse',
  'NVMe behind a root port': `-device pcie-root-port,id=root_port_for_nvme1,chassis=2,slot=0 \\
-device nvme,serial=deadbeef,bus=root_port_for_nvme1,drive=nvme \\
-drive file=disks/nvme.img,format=raw,id=nvme,if=none`,
  NUMA: `-smp 4,sockets=4,maxcpus=4 -m 4G,slots=2,maxmem=5G \\
-object memory-backend-ram,size=1G,id=m0 -object memory-backend-ram,size=3G,id=m1 \\
-numa node,nodeid=0,cpus=0-1,memdev=m0 -numa node,nodeid=1,cpus=2,memdev=m1 -numa node,nodeid=2,cpus=3`,
  'a PCIe switch with a PCI bridge': `-device pcie-root-port,id=root_port_for_switch1,chassis=0,slot=0 \\
-device x3130-upstream,id=up_port1,bus=root_port_for_switch1 \\
-device xio3130-downstream,id=down_port1,bus=up_port1,chassis=1,slot=0 -device ac97,bus=down_port1 \\
-device xio3130-downstream,id=down_port2,bus=up_port1,chassis=1,slot=1 \\
-device pcie-pci-bridge,id=pci1,bus=down_port2 -device e1000,bus=pci1,addr=2`,
  RME: 'qemu-system-aarch64 -M virt,virtualization=on,secure=on,gic-version=max -cpu max,x-rme=on ...',
  'a Realm guest': `qemu-system-aarch64 -M virt,acpi=off,gic-version=3 -cpu host -enable-kvm -smp 2 -m 512M -overcommit mem-lock=on \\
  -M confidential-guest-support=rme0 \\
  -object rme-guest,id=rme0,measurement-algo=sha512,num-pmu-counters=6,sve-vector-length=256 \\
  -device virtio-net-pci,netdev=net0,romfile="" -netdev user,id=net0 \\
  -nodefaults -chardev stdio,mux=on,id=hvc0,signal=off -device virtio-serial-pci -device virtconsole,chardev=hvc0 \\
  -kernel /mnt/out/bin/Image -initrd /mnt/out-br/images/rootfs.cpio -append "console=hvc0"
lkvm run --realm -c 2 -m 2G -k /mnt/out/bin/Image -d /mnt/out-br/images/rootfs.ext4 -p "console=hvc0 root=/dev/vda"`,
  'flash as blockdevs': `qemu-system-aarch64 \\
  -blockdev node-name=code,driver=file,filename=\${CODE},read-only=on \\
  -blockdev node-name=vars,driver=file,filename=\${VARS},snapshot=on \\
  -machine virt,pflash0=code,pflash1=vars`,
  'a firmware configuration item':
    '-fw_cfg name=opt/org.tianocore/UninstallMemAttrProtocol,string=y',
  'NVMe over TCP, host': `qemu-system-aarch64 \\
  -nographic -machine virt,gic-version=max -m 8G -cpu max \\
  -drive file=./ubuntu20-a.img,if=none,id=drive0,cache=writeback -device virtio-blk,drive=drive0,bootindex=0 \\
  -drive file=./flash0-a.img,format=raw,if=pflash -drive file=./flash1-a.img,format=raw,if=pflash \\
  -smp 4 -netdev bridge,id=hn1 -device virtio-net,netdev=hn1,mac=e6:c8:ff:09:76:99`,
  'NVMe over TCP, target':
    '... -drive file=./nvme.img,if=none,id=nvme0 -device nvme,drive=nvme0,serial=1234',
  'device tracing': "-trace 'ich9*' -trace 'tco*'",
  'zoned NVMe': '-device nvme-ns,zoned=on',
  'user networking': '-netdev user,id=n0,hostfwd=tcp::2222-:22,hostfwd=udp::53-:53',
  'sbsa-ref without flash': `-M sbsa-ref -m 256M -smp 1 -vga none -net none -bios f0s.bin \\
 -device loader,file=u-boot.bin,addr=0x10000000,force-raw=on`,
  'RME with firmware':
    '-M virt,virtualization=on,secure=on,gic-version=3 -cpu max,x-rme=on,pauth-impdef=on -m 640M -bios qemu_fw.bios',
  'OP-TEE': '-M virt,secure=on,gic-version=3 -cpu max -m 640M -bios qemu_fw.bios',
  Xen: `-M virt,virtualization=on,gic-version=3 -cpu cortex-a57 -m 1G -kernel xen-4.20-arm64 -append "console=dtuart dtuart=/pl011@9000000 dom0_mem=512M bootscrub=0" -device guest-loader,addr=0x49000000,kernel=Image,bootargs="console=hvc0 quiet" -device guest-loader,addr=0x4d000000,initrd=tiny.cpio`,
  'bare metal':
    '-M virt,secure=on,virtualization=on -cpu max -m 64M -semihosting -device loader,file=elwalk.elf,cpu-num=0',
  'semihosting from EL0': '-semihosting-config userspace=on',
};
