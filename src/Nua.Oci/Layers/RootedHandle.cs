using Nua.Foundation.Linux;

namespace Nua.Oci.Layers;

/// <summary>A second descriptor of a directory, which stays when the first is closed.</summary>
internal sealed class RootedHandle : IDisposable
{
    public RootedHandle(int directory) => Fd = Posix.Check(
        Libc.OpenAt(directory, "."u8, Libc.OPath | Libc.ODirectory | Libc.OCloExec, 0), "opening");

    public int Fd { get; }

    public void Dispose() => _ = Libc.Close(Fd);
}
