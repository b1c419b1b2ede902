#!/usr/bin/env python3
# train.py FOLDER: trains a small CNN in PyTorch on pictures of bars and leaves in the folder its weights (safetensors), its
# graph (ONNX), an input with its output, and new pictures, on which the C++ program trains on.
# train.py FOLDER back: what that program wrote, in PyTorch again. No package beside torch is needed.
import json
import struct
import sys
import torch
from torch import nn

folder = sys.argv[1]
torch.manual_seed(0)
torch.set_num_threads(1)


def model():
    return nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3),
                         nn.ReLU(), nn.Flatten(), nn.Linear(16 * 4 * 4, 3))


def bars(count, sign):
    """A column, a diagonal or a row of a picture of 12 x 12, bright where the sign is 1 and dark where it is -1."""
    x = torch.randn(count, 1, 12, 12) * 0.5
    y = torch.randint(3, (count,))
    for picture, kind in zip(x, y):
        k = int(torch.randint(12, ()))
        line = (picture[0, :, k], picture[0].diagonal(k % 5 - 2), picture[0, k])[int(kind)]
        line += 2.0 * sign
    return x, y


def save_safetensors(tensors, path):
    """8 bytes: how long the header is; the header, names and places as JSON; the numbers, row by row."""
    types = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}
    header, data = {}, b""
    for name, tensor in tensors.items():
        numbers = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": types[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(numbers)]}
        data += numbers
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def load_safetensors(path):
    with open(path, "rb") as file:
        size, = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(size)), file.read()
    types = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64}
    return {name: torch.frombuffer(bytearray(data[slice(*entry["data_offsets"])]), dtype=types[entry["dtype"]])
            .reshape(entry["shape"]) for name, entry in header.items() if name != "__metadata__"}


def save_csv(x, y, path):
    with open(path, "w") as file:
        file.write(",".join([f"x{i}" for i in range(x[0].numel())] + ["kind"]) + "\n")
        for picture, kind in zip(x, y):
            file.write(",".join(f"{number:.8g}" for number in picture.flatten().tolist()) + f",{('column', 'diagonal', 'row')[int(kind)]}\n")


def accuracy(network, x, y):
    return float((network(x).argmax(1) == y).float().mean())


if len(sys.argv) == 2:
    network = model()
    x, y = bars(600, 1)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    for epoch in range(5):
        for batch in torch.randperm(600).split(50):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(x[batch]), y[batch]).backward()
            optimizer.step()
    network.eval()
    new_x, new_y = bars(300, -1)
    print(f"PyTorch: {accuracy(network, x, y):.3f} of what it learned, {accuracy(network, new_x, new_y):.3f} of new pictures")
    save_safetensors(network.state_dict(), folder + "/model.safetensors")
    # PRESERVE keeps the BatchNorm apart from the convolution, so that every tensor has its name.
    torch.onnx.export(network, x[:1], folder + "/model.onnx", opset_version=13, do_constant_folding=False,
                      training=torch.onnx.TrainingMode.PRESERVE, input_names=["x"], output_names=["y"],
                      dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}})
    with open(folder + "/example.txt", "w") as file:
        for numbers in (x[0], network(x[:1])):
            file.write(" ".join(f"{number:.9g}" for number in numbers.flatten().tolist()) + "\n")
    save_csv(new_x, new_y, folder + "/new.csv")
else:
    with open(folder + "/example.txt") as file:
        x = torch.tensor([float(number) for number in file.readline().split()]).reshape(1, 1, 12, 12)
    pictures, kinds = bars(300, -1)
    for name in ("from_tensors", "from_onnx"):
        network = model().eval()
        network.load_state_dict(load_safetensors(f"{folder}/{name}.safetensors"))
        with open(f"{folder}/{name}.txt") as file:
            y = torch.tensor([float(number) for number in file.read().split()])
        difference = float((network(x).flatten() - y).abs().max())
        right = accuracy(network, pictures, kinds)
        print(f"{name}: PyTorch gives what nn does but for {difference:.1g}; {right:.3f} of new pictures")
        assert difference < 1e-4 and right > 0.9
    print("the way back: right")
