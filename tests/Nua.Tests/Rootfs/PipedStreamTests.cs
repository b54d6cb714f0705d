using Nua.Rootfs.Worker;

namespace Nua.Tests.Rootfs;

public sealed class PipedStreamTests
{
    private readonly MemoryStream _pipe = new();

    [Fact]
    public void Frames_become_one_stream_and_a_read_of_nothing_is_no_end()
    {
        var stream = Stream(writer =>
        {
            writer.Write(FrameKind.Bytes, "one "u8);
            writer.Write(FrameKind.Bytes, []);
            writer.Write(FrameKind.Bytes, "two"u8);
            writer.Write(FrameKind.End, []);
        });

        Assert.Equal('o', stream.ReadByte());
        Assert.Equal(0, stream.Read([], 0, 0));
        Assert.Equal("ne two", new StreamReader(stream).ReadToEnd());
    }

    [Fact]
    public void Worker_that_is_gone_is_no_end_of_the_stream()
    {
        var stream = Stream(writer => writer.Write(FrameKind.Bytes, "one"u8));
        Assert.Throws<EndOfStreamException>(() => stream.CopyTo(System.IO.Stream.Null));
    }

    private PipedStream Stream(Action<FramePipe> write)
    {
        write(new FramePipe(System.IO.Stream.Null, _pipe));
        _pipe.Position = 0;
        return new PipedStream(new FramePipe(_pipe, System.IO.Stream.Null), () => Assert.Fail("nothing failed"));
    }
}
