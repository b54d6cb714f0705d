using Nua.Engine.Instances;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;

namespace Nua.Engine.Engines.Docker;

/// <summary>Where one verb leaves its result. Everybody may write into it; the folders above are closed to other users of the machine.</summary>
internal sealed class ResultFolder : IDisposable
{
    private const int Limit = 64 << 10;
    private const uint EverybodyWrites = 0x1FF;

    public ResultFolder(InstanceFolder instance)
    {
        Path = $"{instance.Run}/result-{Guid.NewGuid():N}";
        DurableFile.CreateDirectory(Path, 0x1C0);
        Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(Path), EverybodyWrites, 0), "opening to the application", Path);
    }

    public string Path { get; }

    /// <summary>At most 64 KiB of a regular file; the verb may have put anything there, a link too.</summary>
    public unsafe byte[]? Read()
    {
        var file = $"{Path}/result.json";
        var flags = Libc.ORdOnly | Libc.ONoFollow | Libc.ONonBlock | Libc.OCloExec;
        var fd = Libc.Open(Posix.Path(file), flags, 0);
        if (fd < 0)
        {
            return null;
        }

        try
        {
            var content = new byte[Limit];
            fixed (byte* start = content)
            {
                var count = Libc.Read(fd, start, Limit);
                return count > 0 ? content[..(int)count] : null;
            }
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
